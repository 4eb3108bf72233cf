/**
 * Any text as one line of CommonMark that shows exactly its words: no markup, HTML, link, table cell or new line comes of
 * it. Whoever writes a decision's title or reasons does not write the document around them.
 */
export const plain = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    // Bidirectional overrides reorder what stands beside them.
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
    // With its brackets escaped, a link's or an image's parentheses and exclamation mark are only themselves.
    .replace(/[\\`*_{}[\]<>#|~$@]|&(?=[#\w])/g, '\\$&')
    // Only at the start of a line: lists, setext headings, front matter.
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    // GFM makes links of bare addresses.
    .replace(/(https?|ftp):\/\//gi, '$1\\://')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\\.`);

/** Any text as a double-quoted YAML scalar on one line. */
export const yamlText = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
