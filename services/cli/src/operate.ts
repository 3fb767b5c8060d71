import type { Command } from 'commander';
import type { KeyfoldClient } from './client.js';
import { discardLetter, letterText, listLetters, retriedText, retryLetters, showLetter } from './dead-letters.js';
import { examineAll } from './doctor.js';
import { Failure } from './failure.js';
import { servicesOf } from './services.js';
import { verifiedText, verifyAll } from './verify.js';

/** What the verbs need of the program around them. */
export interface Shell {
  connect(user?: string): Promise<KeyfoldClient>;
  show(result: object, text: string): void;
  /** No progress: the result alone is asked for. */
  quiet(): boolean;
}

interface AuditEntry {
  readonly service: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: object;
}

const SERVICE = 'accounts, opportunities, satisfaction or reporting';

/** The verbs of an operator: what is wrong, is it right, what was done. */
export function addOperatorVerbs(program: Command, shell: Shell): void {
  addDeadLetters(program, shell);

  program
    .command('verify')
    .description('Recompute read models from the logs and compare them row by row. Exit code 1 when anything differs.')
    .argument('[service]', `${SERVICE}; all of them when absent`)
    .argument('[projection]', 'name of the read model or policy; all of the service when absent')
    .action(async (service: string | undefined, projection: string | undefined) => {
      const verified = await verifyAll(await shell.connect('operator'), service, projection, shell.quiet());
      shell.show({ ok: verified.every(({ ok }) => ok), verified }, verified.map(verifiedText).join('\n'));
      if (!verified.every(({ ok }) => ok)) process.exitCode = 1;
    });

  program
    .command('doctor')
    .description('Check a running Keyfold and say what is wrong and what to do. Exit code 1 when something is.')
    .action(async () => {
      const diagnosis = await examineAll(await shell.connect('operator'));
      const well = diagnosis.services.map(({ service, version, position }) => `${service} ${version} runs, at position ${position}`);
      shell.show(diagnosis, [...well, ...(diagnosis.ok ? ['Nothing is wrong.'] : diagnosis.problems)].join('\n'));
      if (!diagnosis.ok) process.exitCode = 1;
    });

  program
    .command('audit')
    .description('Show what operators did and what the machinery mended, the newest first.')
    .argument('[service]', `${SERVICE}; all of them when absent`)
    .option('--limit <n>', 'entries per service, at most 200', '50')
    .action(async (service: string | undefined, { limit }: { limit: string }) => {
      const client = await shell.connect('operator');
      const pages = servicesOf(service).map(async (name) => {
        const { items } = await client.get<{ items: Omit<AuditEntry, 'service'>[] }>(`/ops/${name}/audit?limit=${limitOf(limit, 200)}`);
        return items.map((entry): AuditEntry => ({ service: name, ...entry }));
      });
      const items = (await Promise.all(pages)).flat().sort((a, b) => (a.at < b.at ? 1 : -1));
      const line = ({ at, service: name, actor, action, subject, details }: AuditEntry): string => `${at}  ${name} ${actor} ${action} ${subject}  ${JSON.stringify(details)}`;
      shell.show({ items }, items.length > 0 ? items.map(line).join('\n') : 'Nothing yet.');
    });
}

function addDeadLetters(program: Command, shell: Shell): void {
  const verbs = program.command('dead-letters').description('Events that could not be applied, and those that queue behind them.');
  const place = (verb: Command): Command =>
    verb.argument('<service>', SERVICE).argument('<projection>', 'name of the read model or policy, as listed').argument('<stream>', 'name of the stream').argument('<version>', 'version of the event in it');

  verbs
    .command('list')
    .description('List them by service, read model, stream and version.')
    .argument('[service]', `${SERVICE}; all of them when absent`)
    .option('--projection <name>', 'those of one read model or policy')
    .option('--kind <kind>', 'poison, unknown-version, queued or discarded')
    .option('--limit <n>', 'at most so many', '200')
    .action(async (service: string | undefined, { limit, ...filter }: { projection?: string; kind?: string; limit: string }) => {
      const listed = await listLetters(await shell.connect('operator'), service, filter, limitOf(limit, 10_000));
      shell.show(listed, listed.items.length > 0 ? [...listed.items.map(letterText), ...(listed.more ? ['and more'] : [])].join('\n') : 'There are no dead letters.');
    });

  place(verbs.command('show').description('Show one: its cause, its event and data as stored.')).action(async (service: string, projection: string, stream: string, version: string) => {
    const letter = await showLetter(await shell.connect('operator'), { service, projection, stream, version });
    shell.show(letter, JSON.stringify(letter, null, 2));
  });

  verbs
    .command('retry')
    .description('Apply them again, each stream up to the first event that still fails. Exit code 1 when any is left.')
    .argument('[service]', `${SERVICE}; all of them when absent`)
    .argument('[projection]', 'those of one read model or policy')
    .argument('[stream]', 'those of one stream')
    .action(async (service: string | undefined, projection: string | undefined, stream: string | undefined) => {
      const queues = await retryLetters(await shell.connect('operator'), { service, projection, stream }, shell.quiet());
      shell.show({ queues }, queues.length > 0 ? queues.map(retriedText).join('\n') : 'There are no dead letters.');
      if (queues.some(({ left }) => left > 0)) process.exitCode = 1;
    });

  place(verbs.command('discard').description('Pass over the event at the head of a queue, for good. Those behind it stay: retry them.'))
    .requiredOption('--reason <text>', 'why; it is kept in the audit log')
    // oxlint-disable-next-line max-params -- the arguments as they are typed
    .action(async (service: string, projection: string, stream: string, version: string, { reason }: { reason: string }) => {
      const { left } = await discardLetter(await shell.connect('operator'), { service, projection, stream, version }, reason);
      shell.show({ left }, left > 0 ? `discarded; ${left} behind it: run dead-letters retry ${service} ${projection} ${stream}` : 'discarded; none is behind it');
    });
}

function limitOf(text: string, most: number): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > most) throw new Failure(`--limit is ${text}; it wants a whole number from 1 to ${most}.`);
  return limit;
}
