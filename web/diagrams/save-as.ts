/** Hands a text to the reader as a file. */
export const saveAs = (name: string, type: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the URL when it handles the click, so it can go after that.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
};
