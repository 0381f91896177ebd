import { drawChart } from '../frame/chart.ts';
import { findAll } from '../page.ts';

const figures = findAll('figure[data-chart]');
let charts = figures.map(drawChart);

// Drawn again in the colours of the other scheme, and in the other width.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const chart of charts) chart.destroy();
  charts = figures.map(drawChart);
});
const watch = new ResizeObserver(() => {
  for (const chart of charts) {
    const { width } = chart.root.parentElement?.getBoundingClientRect() ?? { width: 0 };
    if (width > 0 && Math.abs(width - chart.width) > 1) chart.setSize({ width, height: chart.height });
  }
});
watch.observe(document.body);
