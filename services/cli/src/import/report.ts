import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { Entity } from './entities.js';
import { readHeader } from './read-file.js';
import type { SourceFolder } from './source-folder.js';

export interface WrongRow {
  readonly entity: Entity;
  readonly file: string;
  readonly line: number;
  /** The column at fault; null where it is the row as a whole. */
  readonly column: string | null;
  readonly reason: string;
}

export interface Tally {
  created: number;
  changed: number;
  unchanged: number;
  wrong: number;
}

export interface ImportReport {
  readonly run: string;
  readonly applied: boolean;
  readonly entities: Readonly<Partial<Record<Entity, Tally>>>;
  readonly wrong: readonly WrongRow[];
  /** Folder with the wrong rows, to be mended and imported again; null when there are none or nothing was applied. */
  readonly rejects: string | null;
  readonly seconds: number;
}

const SHOWN = 20;

/** What was found, row by row, while an import runs. */
export class Findings {
  readonly wrong: WrongRow[] = [];
  private readonly cells: { entity: Entity; cells: readonly string[] }[] = [];
  private readonly tallies = new Map<Entity, Tally>();

  constructor(private readonly source: SourceFolder) {}

  tally(entity: Entity): Tally {
    const known = this.tallies.get(entity);
    if (known) return known;
    const tally = { created: 0, changed: 0, unchanged: 0, wrong: 0 };
    this.tallies.set(entity, tally);
    return tally;
  }

  reject(entity: Entity, { line, cells }: { readonly line: number; readonly cells: readonly string[] }, reason: string, column: string | null = null): void {
    this.tally(entity).wrong += 1;
    this.wrong.push({ entity, file: basename(this.source.file(entity).path), line, column, reason });
    this.cells.push({ entity, cells });
  }

  /** The wrong rows as files of the same form as those that were read. */
  async writeRejects(folder: string): Promise<string | null> {
    if (this.cells.length === 0) return null;
    await mkdir(folder, { recursive: true });
    for (const [entity, rows] of Map.groupBy(this.cells, (row) => row.entity)) {
      const file = this.source.file(entity);
      const { header } = await readHeader(file);
      await writeFile(join(folder, file.mapping.file), stringify([[...header], ...rows.map((row) => [...row.cells])], { delimiter: file.delimiter }));
    }
    return folder;
  }

  report(applied: boolean, rejects: string | null, seconds: number): ImportReport {
    this.wrong.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
    return { run: this.source.run, applied, entities: Object.fromEntries(this.tallies), wrong: this.wrong, rejects, seconds: Math.round(seconds * 10) / 10 };
  }
}

/** The report as a person reads it. */
export function reportText(report: ImportReport): string {
  const verb = report.applied ? '' : 'would be ';
  const lines = Object.entries(report.entities).map(
    ([entity, { created, changed, unchanged, wrong }]) => `${entity.padEnd(14)} ${created} ${verb}created, ${changed} ${verb}changed, ${unchanged} left alone, ${wrong} wrong`,
  );
  const shown = report.wrong.slice(0, SHOWN).map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
  const more = report.wrong.length > SHOWN ? [`... and ${report.wrong.length - SHOWN} more (--json lists all)`] : [];
  return [...lines, ...shown, ...more, ...closing(report)].join('\n');
}

function closing({ applied, entities, rejects, run, seconds, wrong }: ImportReport): string[] {
  const touched = Object.values(entities).reduce((sum, tally) => sum + tally.created + tally.changed, 0);
  if (!applied) return [touched === 0 ? 'Nothing would change.' : 'This was a dry run: nothing was changed. Say --apply to do it.'];
  return [
    ...(touched === 0 ? ['Nothing has changed since this was imported before.'] : []),
    ...(wrong.length > 0 ? [`The wrong rows are in ${rejects}: mend them and import that folder.`] : []),
    `Run ${run}, ${seconds} s. To take it back: keyfold import undo ${run}`,
  ];
}
