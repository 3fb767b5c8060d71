import { describe, it } from '@jest/globals';
import type { PersonEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { personOf } from './person.aggregate.js';

const person = personOf('accounts');
const AT = '2026-03-02T10:00:00.000Z';
const facts = { key: 'destroyed', storeLogHours: 24, backupDays: null } as const;
const requested: PersonEvent = { type: 'accounts.person.erasure-requested', data: { ground: 'request' } };
const erased: PersonEvent = { type: 'accounts.person.erased', data: facts, occurredAt: AT };

describe('a person', () => {
  it('asks to be erased', () => given(person.decider).when((state) => person.requestErasure(state, 'request')).then(requested));
  it('is not erased without having asked', () => given(person.decider).when((state) => person.recordErasure(state, facts, AT)).thenRefused('erasure-not-requested'));
});

describe('a person who asked to be erased', () => {
  it('has asked', () => given(person.decider, requested).when((state) => person.requestErasure(state, 'unlawful')).thenNothing());
  it('is erased when the key is destroyed', () => given(person.decider, requested).when((state) => person.recordErasure(state, facts, AT)).then(erased));
});

describe('an erased person', () => {
  it('stays erased, whoever asks again', () => given(person.decider, requested, erased).when((state) => person.requestErasure(state, 'request')).thenNothing());
  it('is erased once', () => given(person.decider, requested, erased).when((state) => person.recordErasure(state, { ...facts, key: 'was-destroyed' }, '2026-04-01T00:00:00.000Z')).thenNothing());
});
