/** A participant's title within a sentence: "the Registry", and "another repository" where the title says so. */
export const titled = (title: string): string =>
  /^Another /.test(title) ? `${title.charAt(0).toLowerCase()}${title.slice(1)}` : `the ${title}`;
