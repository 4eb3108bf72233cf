/** Hands a text, or bytes, to the reader as a file. */
export const saveAs = (name: string, type: string, content: BlobPart): void => {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the URL when it handles the click, so it can go after that.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
};
