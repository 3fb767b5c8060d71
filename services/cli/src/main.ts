#!/usr/bin/env node
import { Command } from 'commander';
import { KeyfoldClient } from './client.js';
import { asyncApiDocument, eventList, schemaOf } from './contracts.js';
import { Failure } from './failure.js';
import { addImportVerbs } from './import/verbs.js';
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

addImportVerbs(program, { connect, show, quiet: () => connection().json === true });

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
