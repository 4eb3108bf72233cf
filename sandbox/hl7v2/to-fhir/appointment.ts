import type { Conversion, Entry } from './conversion.ts';

/** An instant some minutes later, with the offset that it had. */
export const later = (instant: string, minutes: number): string | undefined => {
  const offset = /(?:Z|[+-]\d{2}:\d{2})$/.exec(instant)?.[0] ?? 'Z';
  const ahead =
    offset === 'Z'
      ? 0
      : (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4)));
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return undefined;
  const local = new Date(time + (minutes + ahead) * 60_000).toISOString();
  return `${local.slice(0, 19)}${offset}`;
};

const sourcesOf = (entry: Entry, element: string): readonly string[] =>
  entry.traces.filter((trace) => trace.element === element).map(({ from }) => from);

/** A start moves to `requestedPeriod`, for start and end are there together or not at all (app-2). */
const requestOnly = (entry: Entry): void => {
  const { body, traces } = entry;
  const period: Record<string, unknown> = {};
  for (const [index, trace] of traces.entries())
    if (trace.element === 'start' || trace.element === 'end')
      traces[index] = { ...trace, element: `requestedPeriod[0].${trace.element}` };
  for (const element of ['start', 'end'])
    if (body[element] !== undefined) {
      period[element] = body[element];
      delete body[element];
    }
  if (Object.keys(period).length > 0) body.requestedPeriod = [period];
};

/**
 * What FHIR asks of an Appointment and SIU may leave out: the end is the start and the length (v2-to-FHIR, SCH[Appointment]);
 * without both, the times are only asked for, and the appointment is no more than proposed (app-2, app-3).
 */
export const completeAppointment = (conversion: Conversion, entry: Entry): void => {
  const { body, traces, assumed } = entry;
  const { start, minutesDuration: minutes } = body;
  if (typeof start === 'string' && body.end === undefined && typeof minutes === 'number') {
    const end = later(start, minutes);
    if (end !== undefined) body.end = end;
    for (const from of [...sourcesOf(entry, 'start'), ...sourcesOf(entry, 'minutesDuration')])
      traces.push({ element: 'end', from });
  }
  if (body.start !== undefined && body.end !== undefined) return;
  requestOnly(entry);
  if (['proposed', 'cancelled', 'waitlist'].includes(String(body.status))) return;
  body.status = 'proposed';
  conversion.withdraw(entry, 'status', 'an appointment without its times is no more than proposed (app-3)');
  assumed.push('status');
};
