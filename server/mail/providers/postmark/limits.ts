import type { Limits } from '../limits.ts';

/** Postmark's limits as documented in September 2026. */
export const postmarkLimits: Limits = {
  recipients: 50,
  messageBytes: 10 * 1024 * 1024,
  bodyBytes: 5 * 1024 * 1024,
  subject: 2000,
  tag: 1000,
  // It takes ten; one carries our attempt id.
  metadataFields: 9,
  metadataKey: 20,
  metadataValue: 80,
  // Code 411.
  forbiddenExtensions: (
    'vbs exe bin bat chm com cpl crt hlp hta inf ins isp jse lnk mdb pcd pif reg scr sct shs vbe vba wsf wsh wsl ' +
    'msc msi msp mst'
  ).split(' '),
};
