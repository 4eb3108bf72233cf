/** What bodies of one transaction have in common, and what outlasts it: see `Tx.together` and `Tx.lasting`. */
export interface Together {
  of(table: string, except: string): object;
  lasting(table: string, except: string): object;
  /** Whether something outlasts its transaction, so that others who write the store matter. */
  lasts(): boolean;
  /** A statement of the transaction wrote to this, as `Statements.writes` says it. */
  wrote(what: string): void;
  /** The transaction is over. */
  ended(): void;
  /** Something of it was rolled back, or somebody else has written. */
  forget(): void;
}

interface Token {
  readonly table: string;
  readonly except: string;
  readonly lasting: boolean;
  readonly token: object;
}

export const createTogether = (): Together => {
  let tokens: readonly Token[] = [];
  const tokenOf = (table: string, except: string, lasting: boolean): object => {
    const known = tokens.find((one) => one.table === table && one.except === except && one.lasting === lasting);
    if (known !== undefined) return known.token;
    const token = {};
    tokens = [...tokens, { table, except, lasting, token }];
    return token;
  };
  const keep = (holds: (token: Token) => boolean): void => {
    if (!tokens.every(holds)) tokens = tokens.filter(holds);
  };
  return {
    of: (table, except) => tokenOf(table, except, false),
    lasting: (table, except) => tokenOf(table, except, true),
    lasts: () => tokens.some(({ lasting }) => lasting),
    wrote(what) {
      if (tokens.length === 0) return;
      keep(
        ({ table, except }) => what !== '*' && (what === except || (what !== table && !what.startsWith(`${table}.`))),
      );
    },
    ended() {
      keep(({ lasting }) => lasting);
    },
    forget() {
      tokens = [];
    },
  };
};
