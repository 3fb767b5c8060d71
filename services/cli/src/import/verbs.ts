import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../failure.js';
import type { Shell } from '../operate.js';
import { bundledMapping, filesOf, formatNames, formatText, templatesOf } from './formats.js';
import { isZone } from './instants.js';
import { isSourceName, type Mapping, readMapping } from './mapping.js';
import { reportText } from './report.js';
import { runImport } from './run-import.js';
import { SourceFolder } from './source-folder.js';
import { undoImport } from './undo-import.js';

interface ImportFlags {
  readonly format: string;
  readonly mapping?: string;
  readonly source?: string;
  readonly apply?: boolean;
  readonly strict?: boolean;
  readonly rejects: string;
  readonly timeZone: string;
}

/** `keyfold import`, and what belongs to it. */
export function addImportVerbs(program: Command, { connect, show, quiet }: Shell): void {
  const imports = program.command('import').description('Import the export of another system, or CSV files; a dry run unless --apply is said.');

  imports
    .command('files', { isDefault: true, hidden: true })
    .argument('<path>', 'folder with the files of the export, or a single file')
    .option('--format <name>', 'mapping that comes with Keyfold (keyfold import formats)', 'crm-sales')
    .option('--mapping <file>', 'mapping of your own instead of --format')
    .option('--source <name>', 'system that the rows come from: its keys are told from those of others, and rows may name what was imported from it')
    .option('--time-zone <zone>', 'on whose clocks a time without an offset is meant (KEYFOLD_TIME_ZONE, as the services have it)', process.env['KEYFOLD_TIME_ZONE'] ?? 'Europe/Paris')
    .option('--apply', 'do it')
    .option('--strict', 'refuse everything when a single row is wrong')
    .option('--rejects <folder>', 'where wrong rows are written', './keyfold-rejects')
    .action(async (path: string, flags: ImportFlags) => {
      if (!isZone(flags.timeZone)) throw new Failure(`--time-zone is an IANA time zone such as Europe/Paris: ${flags.timeZone}`);
      const source = await SourceFolder.open(path, await mappingOf(flags));
      const { apply = false, strict = false, rejects, timeZone } = flags;
      const report = await runImport(await connect(), source, { apply, strict, rejects, quiet: quiet(), timeZone, today: new Date().toISOString().slice(0, 10) });
      show(report, reportText(report));
      if (strict && report.wrong.length > 0) process.exitCode = 1;
    });

  imports
    .command('formats')
    .description('The files that can be imported, their columns and what these take; needs no running Keyfold.')
    .argument('[format]', 'only this one')
    .action(async (format?: string) => {
      const names = format === undefined ? await formatNames() : [format];
      const files = (await Promise.all(names.map(async (name) => filesOf(name, await bundledMapping(name))))).flat();
      show({ files }, formatText(files));
    });

  imports
    .command('template')
    .description('Print the header of a format with a row as it could be; needs no running Keyfold.')
    .argument('<format>', 'format, as keyfold import formats lists them')
    .option('--into <folder>', 'write the files there instead')
    .action(async (format: string, { into }: { into?: string }) => {
      const templates = templatesOf(await bundledMapping(format));
      if (into === undefined) return show({ templates }, templates.map(({ file, csv }) => (templates.length > 1 ? `${file}\n${csv}` : csv)).join('\n').trimEnd());
      await mkdir(into, { recursive: true });
      for (const { file, csv } of templates) await writeFile(join(into, file), csv, { flag: 'wx' }).catch(() => Promise.reject(new Failure(`${join(into, file)} is there already, or cannot be written.`)));
      show({ templates }, templates.map(({ file }) => join(into, file)).join('\n'));
    });

  imports
    .command('undo')
    .description('Take an import run back where nothing was built on it, and list what stays.')
    .argument('<run>', 'name of the run, as the import said it')
    .option('--dry-run', 'only say what would be taken back')
    .action(async (run: string, options: { dryRun?: boolean }) => {
      const report = await undoImport(await connect(), run, { apply: !options.dryRun, quiet: quiet() });
      const counts = Object.entries(report.takenBack).map(([kind, count]) => `${kind.padEnd(14)} ${count} ${options.dryRun ? 'would be ' : ''}taken back`);
      show(report, [...counts, ...report.left.map(({ kind, id, reason }) => `left: ${kind} ${id}: ${reason}`)].join('\n'));
    });
}

async function mappingOf({ format, mapping: own, source }: ImportFlags): Promise<Mapping> {
  const mapping = own === undefined ? await bundledMapping(format) : await readMapping(own);
  if (source === undefined) return mapping;
  if (!isSourceName(source)) throw new Failure('--source is a short name of lower-case letters, digits and hyphens.');
  return { ...mapping, source };
}
