import { describe, expect, it } from '@jest/globals';
import type { TermEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { SHIPPED_TERMS } from './shipped-terms.js';
import { localise, term } from './term.aggregate.js';
import { folded, matches } from './glossary.js';

const shipped = { label: { en: 'Key account', fr: 'Grand compte' }, synonyms: { en: [], fr: ['Compte clé'] } };
const ours = { label: { en: 'Top client', fr: 'Client majeur' }, synonyms: { en: [], fr: [] } };
const localised: TermEvent = { type: 'accounts.term.localised', data: ours };

describe('a term', () => {
  it('is localised', () => given(term).when((state) => localise(state, shipped, ours)).then(localised));
  it('is localised once', () => given(term, localised).when((state) => localise(state, shipped, ours)).thenNothing());
  it('that is called what Keyfold calls it needs no saying', () => given(term).when((state) => localise(state, shipped, shipped)).thenNothing());
  it('can be called again what Keyfold calls it', () => given(term, localised).when((state) => localise(state, shipped, shipped)).then({ type: 'accounts.term.localised', data: shipped }));
});

describe('the glossary', () => {
  const key = { id: 'key-account', ...shipped };

  it.each(['grand', 'GRAND COMPTE', 'compte cle', 'key-acc', 'account'])('is searched for "%s" without regard to case and accents', (q) => expect(matches(key, folded(q))).toBe(true));
  it('finds nothing that is not there', () => expect(matches(key, folded('tender'))).toBe(false));
  it('ships terms that differ, in both languages', () => {
    const codes = SHIPPED_TERMS.map(({ id }) => id);
    expect(new Set(codes).size).toBe(codes.length);
    expect(SHIPPED_TERMS.filter(({ id, label }) => !/^[a-z0-9-]{1,40}$/.test(id) || !label.en || !label.fr)).toEqual([]);
    expect(SHIPPED_TERMS.find(({ id }) => id === 'key-account-manager')!.synonyms.fr).toEqual(expect.arrayContaining(['KAM', 'Responsable grands comptes', 'Responsable comptes clés']));
  });
});
