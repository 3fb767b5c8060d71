/** The sentence of a refusal in English and in French; `{name}` is filled from its params. */
export type Sentences = readonly [en: string, fr: string];

/** The refusals of one aggregate by code. Codes are part of the API: they stay, and each says the same thing everywhere. */
export const refusals = <Codes extends Readonly<Record<string, Sentences>>>(codes: Codes): Codes => codes;
