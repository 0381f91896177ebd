/** A message as one of its recipients finds it. */
export interface Content {
  html: string;
  text: string;
  headers: { Name: string; Value: string }[];
  attachments: { name: string; contentType: string; contentId: string; content: Buffer }[];
}
