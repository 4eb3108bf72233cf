import { fail, type JournalCheck, type Judgement, passOn, skip } from './check.ts';
import { type JournalEvidence, parsed, type SeenExchange, tokenRequests } from './journal-evidence.ts';

const SHOWN = 10;

const wordsOf = ({ reply }: SeenExchange): string => {
  const said = parsed(reply);
  const words = typeof said === 'object' && said !== null && 'error_description' in said ? said.error_description : '';
  return `${reply?.status ?? 'no reply'} ${String(words)}`.trim();
};

/** Of a user's code and refresh token there is nothing to sign. */
const isSigned = ({ request }: SeenExchange): boolean =>
  !/grant_type=(?:authorization_code|refresh_token)/.test(request.body);

/** The token endpoint looks for all of it, and answers with the first that is missing. */
const signs = (evidence: JournalEvidence): Judgement => {
  const asked = tokenRequests(evidence).filter(isSigned);
  const refused = asked.filter(({ reply }) => reply !== undefined && reply.status >= 400 && reply.status < 500);
  const [first] = refused;
  if (first !== undefined)
    return fail(
      `${[...new Set(refused.map(wordsOf))].slice(0, 3).join('; ')}.`,
      ...refused.slice(0, SHOWN).map(({ id }) => id),
    );
  const issued = asked.filter(({ reply }) => reply?.status === 200);
  return issued.length === 0
    ? skip('it has asked for no token with a signed JWT')
    : passOn(...issued.slice(0, SHOWN).map(({ id }) => id));
};

/** How an initiator asks for its access tokens, where the sandbox issues them. */
export const tokenChecks: readonly JournalCheck[] = [
  {
    id: 'com-08-signed-jwt',
    requirements: ['COM-08'],
    reads: 'journal',
    title: 'Requests for a token are signed as the platform wants it',
    failure: 'A request for a token was refused.',
    stimulus: {
      todo: 'Create the sandbox with the authentication signed-jwt, register the public key of your system, and let it ask for a token.',
    },
    judge: signs,
  },
];
