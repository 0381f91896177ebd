/** What came back for an upload: a page, and where it is. */
export interface Uploaded {
  status: number;
  html: string;
  url: string;
}

/** What is being done, and how much of it is done, from 0 to 1: first `sending`, then what the server reports. */
export type OnProgress = (what: string, fraction: number) => void;

/** Sends a file as it is, by a request that reports its progress; null when the server cannot be reached. */
export function upload(
  url: string,
  file: File,
  headers: Record<string, string>,
  onProgress: OnProgress,
): Promise<Uploaded | null> {
  return new Promise(resolve => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress('sending', loaded / total));
    request.addEventListener('progress', () => {
      const latest = latestProgress(request.responseText);
      if (latest) onProgress(latest.what, latest.fraction);
    });
    request.addEventListener('load', () =>
      resolve({ status: request.status, html: request.responseText, url: request.responseURL }),
    );
    for (const end of ['error', 'abort'] as const) request.addEventListener(end, () => resolve(null));
    request.send(file);
  });
}

// The comments ahead of the page, the last of them.
function latestProgress(text: string): { what: string; fraction: number } | null {
  const head = /^(?:<!-- \w+ [\d.]+ -->\n)+/.exec(text)?.[0] ?? '';
  const all = [...head.matchAll(/<!-- (\w+) ([\d.]+) -->/g)];
  const [, what = '', fraction = ''] = all.at(-1) ?? [];
  return what === '' ? null : { what, fraction: Number(fraction) };
}
