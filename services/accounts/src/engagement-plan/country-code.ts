const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** ISO 3166-1 alpha-2 codes by the names that sources write, in English and in French. */
const byName = new Map(
  ['en', 'fr'].flatMap((language) => {
    const regions = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
    const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
    return codes.filter((code) => canonical(code) === code).map((code) => [regions.of(code)?.toLowerCase(), code] as const);
  }),
);

/** `fr` for France, FR or fr; null for what is no country that we know. */
export function countryCodeOf(country: string): string | null {
  const written = country.trim();
  const code = /^[a-z]{2}$/i.test(written) ? canonical(written) : byName.get(written.toLowerCase());
  return code?.toLowerCase() ?? null;
}

/** Codes that are no longer in use, and those that are reserved, mean the one that is: UK is GB. */
function canonical(code: string): string | undefined {
  return new Intl.Locale(`und-${code}`).region;
}
