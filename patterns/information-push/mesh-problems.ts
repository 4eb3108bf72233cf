/** Where a business acknowledgement is asked for by mail, which an exchange carries without reading it: what is asked for, nobody here answers. */
export const NO_BUSINESS =
  'It asks for a business acknowledgement, which this pattern does without: take asynchronous-request-response in the dialect mesh';
