import { describe, expect, it } from '@jest/globals';
import type { TaskEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { assign, complete, dismiss, raise, task } from './task.aggregate.js';

const facts = { accountId: 'acme', matter: { kind: 'custom', params: { title: 'Call' }, subject: null }, assigneeId: 'anna', dueAt: null } as const;
const raised: TaskEvent = { type: 'accounts.task.raised', data: facts };
const done: TaskEvent = { type: 'accounts.task.done', data: { note: null } };
const dismissed: TaskEvent = { type: 'accounts.task.dismissed', data: { reason: 'not needed' } };

describe('a task', () => {
  it('is raised', () => given(task).when((state) => raise(state, facts)).then(raised));
  it('is raised once', () => given(task, raised).when((state) => raise(state, facts)).thenNothing());
  it('belongs to its account on the topic', () => expect(task.partitionKey!(raised)).toBe('acme'));
});

describe('when open', () => {
  it('is assigned to somebody else', () => given(task, raised).when((state) => assign(state, 'bea')).then({ type: 'accounts.task.assigned', data: { assigneeId: 'bea' } }));
  it('stays with its assignee', () => given(task, raised).when((state) => assign(state, 'anna')).thenNothing());
  it('is done', () => given(task, raised).when((state) => complete(state, null)).then(done));
  it('is dismissed with a reason', () => given(task, raised).when((state) => dismiss(state, 'not needed')).then(dismissed));
});

describe('when done or dismissed', () => {
  it('is done once', () => given(task, raised, done).when((state) => complete(state, null)).thenNothing());
  it('is dismissed once', () => given(task, raised, dismissed).when((state) => dismiss(state, 'x')).thenNothing());
  it('cannot be dismissed after it was done', () => given(task, raised, done).when((state) => dismiss(state, 'x')).thenRefused('task-not-open', { state: 'done' }));
  it('cannot be done after it was dismissed', () => given(task, raised, dismissed).when((state) => complete(state, null)).thenRefused('task-not-open'));
  it('cannot be assigned', () => given(task, raised, done).when((state) => assign(state, 'bea')).thenRefused('task-not-open'));
  it('that was never raised cannot be done', () => given(task).when((state) => complete(state, null)).thenRefused('task-not-open', { state: 'unknown' }));
});
