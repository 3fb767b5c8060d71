import { refusalLists } from '@keyfold/contracts';

export type Language = 'fr' | 'en';

/** What each problem code says to a person. `{name}` is filled from the problem's params. Both languages have the same codes: the type says so. */
const en = {
  // the request
  invalid: 'The request is not valid.',
  'id-malformed': 'The id in the path is not an id.',
  'idempotency-key-malformed': 'The Idempotency-Key must be 1 to 128 visible characters.',
  'if-match-malformed': 'If-Match must be a version in quotes, such as "7".',
  'cursor-malformed': 'The cursor is not one that Keyfold gave out.',
  'number-malformed': 'A number in the query is not a whole number.',
  'json-malformed': 'The body is not well-formed JSON in UTF-8.',
  'json-not-an-object': 'The body must be a JSON object.',
  'json-too-deep': 'The body is nested too deeply.',
  'json-too-many-values': 'The body has too many values.',
  'json-forbidden-key': 'The body has a key that is not allowed.',
  'json-number-too-large': 'The body has a number that is too large.',
  'json-text-malformed': 'The body has a text with characters that are not allowed.',
  'command-unknown': 'There is no such command.',
  'bulk-not-ndjson': 'A bulk request is one JSON object per line, as application/x-ndjson.',
  'bulk-line-count': 'A bulk request has 1 to 500 lines.',
  'bulk-line-malformed': 'A line of the bulk request is not a command.',
  'too-large': 'The request is too large.',
  'event-too-large': 'This is too much for one change: it makes {bytes} bytes, and {limit} is the limit.',
  'commit-too-large': 'This is too much at once: all of it makes {bytes} bytes, and {limit} is the limit.',
  'unsupported-media-type': 'The body must be application/json in UTF-8.',
  // who and whether
  unauthenticated: 'Please sign in.',
  'token-invalid': 'The token is not valid here.',
  'token-expired': 'The sign-in has expired.',
  forbidden: 'You may not do this.',
  'role-missing': 'Your role does not allow this.',
  'read-only': 'Your role may look, but not change anything.',
  'not-found': 'There is no such thing, or it is not yours to see.',
  // state
  conflict: 'Somebody else changed this at the same moment. Please try again.',
  'stale-version': 'This was changed since you looked: you saw version {expected}, it is now at {actual}.',
  'command-id-reused': 'This Idempotency-Key was used before for something else.',
  'dead-letter-not-head': 'Only the event at the head of the queue can be discarded: that is version {head}, not {version}.',
  'verify-running': 'A verification of this service is running already; wait for it to end.',
  refused: 'A rule does not allow this.',
  unavailable: 'This cannot be done right now. Please try again in a moment.',
  'event-version-unknown': 'This was changed by a newer Keyfold than the one that answers ({type}, version {version}). Please try again in a moment.',
  internal: 'Something went wrong on our side.',
};

export type ProblemCode = keyof typeof en;

const fr: Record<ProblemCode, string> = {
  invalid: "La requête n'est pas valide.",
  'id-malformed': "L'identifiant dans le chemin n'en est pas un.",
  'idempotency-key-malformed': "L'en-tête Idempotency-Key doit compter de 1 à 128 caractères visibles.",
  'if-match-malformed': "L'en-tête If-Match doit être une version entre guillemets, par exemple \"7\".",
  'cursor-malformed': "Le curseur n'a pas été donné par Keyfold.",
  'number-malformed': "Un nombre de la requête n'est pas un entier.",
  'json-malformed': "Le corps n'est pas du JSON bien formé en UTF-8.",
  'json-not-an-object': 'Le corps doit être un objet JSON.',
  'json-too-deep': 'Le corps est imbriqué trop profondément.',
  'json-too-many-values': 'Le corps contient trop de valeurs.',
  'json-forbidden-key': "Le corps contient une clé qui n'est pas permise.",
  'json-number-too-large': 'Le corps contient un nombre trop grand.',
  'json-text-malformed': 'Le corps contient un texte avec des caractères non permis.',
  'command-unknown': "Cette commande n'existe pas.",
  'bulk-not-ndjson': 'Une requête groupée compte un objet JSON par ligne, en application/x-ndjson.',
  'bulk-line-count': 'Une requête groupée compte de 1 à 500 lignes.',
  'bulk-line-malformed': "Une ligne de la requête groupée n'est pas une commande.",
  'too-large': 'La requête est trop volumineuse.',
  'event-too-large': "C'est trop pour une seule modification : {bytes} octets, la limite est {limit}.",
  'commit-too-large': "C'est trop à la fois : {bytes} octets en tout, la limite est {limit}.",
  'unsupported-media-type': 'Le corps doit être en application/json et en UTF-8.',
  unauthenticated: 'Veuillez vous connecter.',
  'token-invalid': "Le jeton n'est pas valable ici.",
  'token-expired': 'La connexion a expiré.',
  forbidden: "Vous n'avez pas le droit de faire cela.",
  'role-missing': 'Votre rôle ne le permet pas.',
  'read-only': 'Votre rôle permet de consulter, pas de modifier.',
  'not-found': "Cet élément n'existe pas, ou ne vous est pas accessible.",
  conflict: "Quelqu'un d'autre l'a modifié au même moment. Veuillez réessayer.",
  'stale-version': 'Modifié depuis votre lecture : vous aviez vu la version {expected}, la version actuelle est {actual}.',
  'command-id-reused': 'Cet en-tête Idempotency-Key a déjà servi pour autre chose.',
  'dead-letter-not-head': "Seul l'événement en tête de la file peut être écarté : c'est la version {head}, pas la {version}.",
  'verify-running': 'Une vérification de ce service est déjà en cours ; attendez sa fin.',
  refused: 'Une règle ne le permet pas.',
  unavailable: "C'est impossible pour l'instant. Veuillez réessayer dans un moment.",
  'event-version-unknown': "Modifié par une version de Keyfold plus récente que celle qui répond ({type}, version {version}). Veuillez réessayer dans un moment.",
  internal: 'Une erreur est survenue de notre côté.',
};

export const TITLES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: { ...sentences(0), ...en },
  fr: { ...sentences(1), ...fr },
};

function sentences(language: 0 | 1): Readonly<Record<string, string>> {
  return Object.fromEntries(refusalLists.flatMap((list) => Object.entries(list).map(([code, both]) => [code, both[language]])));
}

/** The sentence for a code; the sentence of `otherwise` where the code has none. */
export function titleOf(code: string, params: Readonly<Record<string, unknown>>, language: Language, otherwise: ProblemCode): string {
  const template = TITLES[language][code] ?? TITLES[language][otherwise]!;
  return template.replace(/\{(\w+)\}/g, (_, name: string) => [params[name] ?? ''].flat().join(', '));
}

export const hasTitle = (code: string): boolean => code in TITLES.en;
