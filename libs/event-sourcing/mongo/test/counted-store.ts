import type { AnyProjection, Projection } from '@keyfold/event-sourcing';
import mongoose from 'mongoose';
import { MongoProjectionStore } from '../src/projection-store.js';
import { mongoUrl, realClock } from './support.js';

/** A store of a process of its own, with what it asks of the server: reads and writes of rows and marks, gates passed, transactions begun. */
export interface CountedStore {
  readonly store: MongoProjectionStore;
  readonly asked: { reads: number; rowWrites: number; markWrites: number; gates: number; attempts: number };
  /** What begins and ends, as the server hears of it. */
  readonly steps: ('begin' | 'end')[];
}

export async function countedStore(database: string, projections: readonly AnyProjection[], cleanup: (() => Promise<unknown>)[]): Promise<CountedStore> {
  const connection = await mongoose.createConnection(mongoUrl(), { dbName: database, monitorCommands: true }).asPromise();
  cleanup.push(() => connection.close());
  const asked = { reads: 0, rowWrites: 0, markWrites: 0, gates: 0, attempts: 0 };
  const steps: ('begin' | 'end')[] = [];
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    const collection = String(command[commandName]);
    const isWrite = ['insert', 'update', 'delete'].includes(commandName);
    if (commandName === 'find' && /^(view|marks)_/.test(collection)) asked.reads += 1;
    if (isWrite && collection.startsWith('view_')) asked.rowWrites += 1;
    if (isWrite && collection.startsWith('marks_')) asked.markWrites += 1;
    if (['update', 'findAndModify'].includes(commandName) && collection === 'gates') asked.gates += 1;
    if (command['startTransaction']) {
      asked.attempts += 1;
      steps.push('begin');
    }
    if (commandName === 'commitTransaction') steps.push('end');
  });
  const store = new MongoProjectionStore(connection, { clock: realClock });
  for (const each of projections) await store.prepare(each as unknown as Projection);
  return { store, asked, steps };
}
