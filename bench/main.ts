import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brokers } from './broker.ts';
import { conversion } from './convert.ts';
import { messages } from './messages.ts';
import { messagesOverBrokers } from './messages-brokers.ts';
import { mllp } from './mllp.ts';
import { holds, print, type Row } from './row.ts';
import { readsAndCreates, type Settings, sandboxesAndMemory, searches, starts } from './rows.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    sandboxes: { type: 'string', default: '10000' },
    patients: { type: 'string', default: '100000' },
    only: { type: 'string' },
    json: { type: 'string', default: 'dist/bench.json' },
  },
});

const ROWS = {
  starts,
  broker: brokers,
  messages,
  'messages-brokers': messagesOverBrokers,
  http: readsAndCreates,
  memory: sandboxesAndMemory,
  search: searches,
  mllp,
  convert: conversion,
} as const;

const folder = mkdtempSync(join(tmpdir(), 'fingerpost-bench-'));
const settings: Settings = {
  folder,
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  sandboxes: Number(values.sandboxes),
  patients: Number(values.patients),
};
const rows: Row[] = [];
try {
  for (const [name, measure] of Object.entries(ROWS)) {
    if (values.only !== undefined && values.only !== name) continue;
    mkdirSync(join(folder, name), { recursive: true });
    for (const row of await measure(settings)) {
      rows.push(row);
      console.log(print(row));
    }
  }
  mkdirSync('dist', { recursive: true });
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model ?? '' };
  writeFileSync(
    values.json,
    `${JSON.stringify({ machine, settings: { ...settings, folder: undefined }, rows }, null, 2)}\n`,
  );
  const missed = rows.filter((row) => !holds(row)).length;
  console.log(missed === 0 ? '\nEvery budget holds.' : `\n${missed} budgets do not hold.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
