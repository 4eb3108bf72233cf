/** Notes of the journal that are more than words for a reader: conformance tells by them what reached whom. */
export const CLIENT_GONE = 'The client was gone before the reply was sent';
export const CLIENT_LEFT = 'The client disconnected before the whole reply was sent';
