/** The HTML with a piece at the end of its body. */
export function appendToBody(html: string, piece: string): string {
  const end = html.toLowerCase().lastIndexOf('</body>');
  return end < 0 ? html + piece : html.slice(0, end) + piece + html.slice(end);
}
