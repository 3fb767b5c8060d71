#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { KeyfoldClient } from './client.js';
import { asyncApiDocument, eventList, schemaOf } from './contracts.js';
import { Failure } from './failure.js';
import { readMapping } from './import/mapping.js';
import { reportText } from './import/report.js';
import { runImport } from './import/run-import.js';
import { SourceFolder } from './import/source-folder.js';
import { undoImport } from './import/undo-import.js';
import { addOperatorVerbs } from './operate.js';
import { rebuild, rebuiltText } from './rebuild.js';

interface Connection {
  url: string;
  token?: string;
  json?: boolean;
}

const program = new Command('keyfold')
  .description('Works with a running Keyfold over HTTP.')
  .option('--url <url>', 'address of Keyfold', process.env['KEYFOLD_URL'] ?? 'http://127.0.0.1:3000')
  .option('--token <token>', 'bearer token (KEYFOLD_TOKEN); on this machine the demo identity is used without one', process.env['KEYFOLD_TOKEN'])
  .option('--json', 'the result as JSON on standard output')
  .configureHelp({ showGlobalOptions: true });

const connection = (): Connection => program.opts<Connection>();
const connect = (user?: string): Promise<KeyfoldClient> => KeyfoldClient.connect(connection().url, connection().token, user);
const show = (result: object, text: string): void => void process.stdout.write(`${connection().json ? JSON.stringify(result, null, 2) : text}\n`);
const showJson = (document: object): void => show(document, JSON.stringify(document, null, 2));

const imports = program.command('import').description('Import the export of another system; a dry run unless --apply is said.');

imports
  .command('files', { isDefault: true, hidden: true })
  .argument('<folder>', 'folder with the files of the export')
  .option('--format <name>', 'mapping that comes with Keyfold', 'crm-sales')
  .option('--mapping <file>', 'mapping of your own instead of --format')
  .option('--apply', 'do it')
  .option('--strict', 'refuse everything when a single row is wrong')
  .option('--rejects <folder>', 'where wrong rows are written', './keyfold-rejects')
  .action(async (folder: string, options: { format: string; mapping?: string; apply?: boolean; strict?: boolean; rejects: string }) => {
    if (!/^[a-z0-9-]+$/.test(options.format)) throw new Failure(`${options.format} is not the name of a mapping.`);
    const bundled = fileURLToPath(new URL(`../mappings/${options.format}.json`, import.meta.url));
    const mapping = await readMapping(options.mapping ?? bundled);
    const source = await SourceFolder.open(folder, mapping);
    const { apply = false, strict = false, rejects } = options;
    const report = await runImport(await connect(), source, { apply, strict, rejects, quiet: connection().json === true, today: new Date().toISOString().slice(0, 10) });
    show(report, reportText(report));
    if (strict && report.wrong.length > 0) process.exitCode = 1;
  });

imports
  .command('undo')
  .description('Take an import run back where nothing was built on it, and list what stays.')
  .argument('<run>', 'name of the run, as the import said it')
  .option('--dry-run', 'only say what would be taken back')
  .action(async (run: string, options: { dryRun?: boolean }) => {
    const report = await undoImport(await connect(), run, { apply: !options.dryRun, quiet: connection().json === true });
    const counts = Object.entries(report.takenBack).map(([kind, count]) => `${kind.padEnd(14)} ${count} ${options.dryRun ? 'would be ' : ''}taken back`);
    show(report, [...counts, ...report.left.map(({ kind, id, reason }) => `left: ${kind} ${id}: ${reason}`)].join('\n'));
  });

program
  .command('rebuild')
  .description('Build a read model anew from the logs, beside the serving one, and switch to it. The one before goes on consuming until it is discarded.')
  .argument('<service>', 'accounts, opportunities, satisfaction or reporting')
  .argument('[projection]', 'name of the read model; all of the service when absent')
  .option('--rollback', 'let the one before the last rebuild serve again, at once')
  .option('--discard', 'drop the one before the last rebuild, and the rows of former versions that no process runs')
  .action(async (service: string, projection: string | undefined, options: { rollback?: boolean; discard?: boolean }) => {
    if (options.rollback && options.discard) throw new Failure('say either --rollback or --discard.');
    const verb = options.rollback ? 'rollback' : options.discard ? 'discard' : 'rebuild';
    const rebuilt = await rebuild(await connect('operator'), service, projection, { verb, quiet: connection().json === true });
    show({ rebuilt }, rebuilt.map(rebuiltText).join('\n') || 'no read model has a previous generation');
  });

addOperatorVerbs(program, { connect, show, quiet: () => connection().json === true });

program
  .command('token')
  .description('Print a token of the demo identity.')
  .argument('[user]', 'demo user', 'director')
  .action(async (user: string) => {
    const { token } = await connect(user);
    show({ token }, token);
  });

const contracts = program.command('contracts').description('What the events look like; needs no running Keyfold.');

contracts
  .command('list', { isDefault: true })
  .description('Every event type with its versions, its topic and its streams.')
  .action(() => show(...eventList()));

contracts
  .command('schema')
  .description('The JSON Schema of an event type.')
  .argument('<type>', 'event type, such as accounts.key-account.qualified')
  .option('--schema-version <n>', 'schema version; the one written when absent')
  .action((type: string, { schemaVersion }: { schemaVersion?: string }) => showJson(schemaOf(type, schemaVersion)));

contracts
  .command('asyncapi')
  .description('The AsyncAPI 3 document of all topics.')
  .action(() => showJson(asyncApiDocument()));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Failure ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
}
