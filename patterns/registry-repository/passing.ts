import { at, list } from '../../sandbox/conformance/evidence.ts';
import { parsed, pathOf, type SeenExchange } from '../../sandbox/conformance/journal-evidence.ts';
import { type Passing, tells, wasDone } from '../../sandbox/conformance/passing.ts';
import { changeSteps } from './seen-changes.ts';
import { found, isSearch, paramsOf, searchSteps } from './seen-searches.ts';

const isRegistration = (one: SeenExchange): boolean =>
  one.request.method === 'POST' && /^\/DocumentReference(?:\?|$)/.test(pathOf(one));
const isReplacement = (one: SeenExchange): boolean =>
  list(at(parsed(one.request), 'relatesTo')).some((each) => at(each, 'code') === 'replaces');

/** By what a search names whom or what it is about. */
const ABOUT = /^(?:subject|patient|_id|identifier|masterIdentifier|custodian|next-page-token)\b/;
const isRefused = ({ reply }: SeenExchange): boolean => reply?.status === 400 || reply?.status === 422;

const idOf = (one: SeenExchange): string =>
  /\/DocumentReference\/([A-Za-z0-9.-]{1,64})/.exec(one.reply?.headers.location ?? '')?.[1] ?? '';
const sameQuestion = (one: SeenExchange, other: SeenExchange): boolean =>
  String(paramsOf(one)) === String(paramsOf(other));

/** The first search after a change that had found the pointer before; one that never did would not show that it is gone. */
const searchAfter = (searches: readonly SeenExchange[], change: SeenExchange, id: string): SeenExchange | undefined =>
  searches.find(
    (one) =>
      one.began >= change.ended &&
      wasDone(one) &&
      searches.some(
        (before) => before.ended <= change.began && sameQuestion(before, one) && found(before).includes(id),
      ),
  );

/** Pointers, as they are registered, found, replaced and withdrawn at the registry. */
export const passing: Passing = {
  participants: ['registry'],
  name: ({ answered, dialect }) => {
    const changes = changeSteps(answered, dialect);
    const steps = new Map([...searchSteps(answered, dialect), ...changes]);
    const name = (one: SeenExchange | undefined, step: string): void => {
      if (one !== undefined) steps.set(one.id, step);
    };
    const searches = answered.filter(isSearch);
    const isBare = (one: SeenExchange): boolean => ![...paramsOf(one).keys()].some((key) => ABOUT.test(key));
    name(
      searches.find((one) => isBare(one) && (wasDone(one) || isRefused(one))),
      'search-without-subject',
    );
    const created = answered.find(
      (one) => isRegistration(one) && !isReplacement(one) && tells(one) && !changes.has(one.id),
    );
    name(created, 'create');
    const replaced =
      created &&
      answered.find(
        (one) =>
          isRegistration(one) &&
          wasDone(one) &&
          isReplacement(one) &&
          !changes.has(one.id) &&
          one.request.body.includes(idOf(created)),
      );
    if (created !== undefined && replaced !== undefined && idOf(created) !== '') {
      name(replaced, 'supersede');
      name(searchAfter(searches, replaced, idOf(created)), 'superseded-search');
    }
    const withdrawn = answered.find(
      (one) =>
        one.request.method === 'DELETE' &&
        /^\/DocumentReference\/[^/]+$/.test(pathOf(one)) &&
        tells(one) &&
        !changes.has(one.id),
    );
    if (withdrawn !== undefined) {
      name(withdrawn, 'delete');
      const id = decodeURIComponent(pathOf(withdrawn).split('/').at(-1) ?? '');
      name(searchAfter(searches, withdrawn, id), 'deleted-search');
    }
    return { steps };
  },
};
