/** What bodies of one transaction have in common: see `Tx.together`. */
export interface Together {
  of(table: string, except: string): object;
  /** A statement of the transaction wrote to this, as `Statements.writes` says it. */
  wrote(what: string): void;
  /** The transaction is over. */
  ended(): void;
}

interface Token {
  readonly table: string;
  readonly except: string;
  readonly token: object;
}

export const createTogether = (): Together => {
  let tokens: readonly Token[] = [];
  return {
    of(table, except) {
      const known = tokens.find((one) => one.table === table && one.except === except);
      if (known !== undefined) return known.token;
      const token = {};
      tokens = [...tokens, { table, except, token }];
      return token;
    },
    wrote(what) {
      if (tokens.length === 0) return;
      const holds = ({ table, except }: Token) =>
        what !== '*' && (what === except || (what !== table && !what.startsWith(`${table}.`)));
      if (!tokens.every(holds)) tokens = tokens.filter(holds);
    },
    ended() {
      tokens = [];
    },
  };
};
