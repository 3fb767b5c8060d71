import { spawnSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './temporary.mjs';

/** Asks for a server's program on a machine that has these programs alone, and nothing downloaded. */
function onMachineWith(programs, ask) {
  const [bin, cache] = [temporaryFolder(), temporaryFolder()];
  symlinkSync('/bin/sh', join(bin, 'sh'));
  for (const [name, script] of Object.entries(programs)) writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const module = new URL('../packages.mjs', import.meta.url).href;
  const script = `import(${JSON.stringify(module)}).then((packages) => packages.${ask}(console.log)).catch((error) => console.log(error.message))`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { env: { PATH: bin, KEYFOLD_NATIVE_CACHE: cache }, encoding: 'utf8' });
  return { said: stdout, left: readdirSync(cache) };
}

const java = (version) => ({ java: `echo 'openjdk version "${version}" 2025-04-15' >&2` });

describe('the servers’ programs', () => {
  it.each([
    ['mongodProgram', {}, 'python3 with pip is needed and not on the path (apt-get install python3-pip)'],
    ['mongodProgram', { python3: 'exit 1' }, 'python3 with pip is needed and not on the path (apt-get install python3-pip)'],
    ['kafkaClassPath', {}, 'Java 17 or newer is needed and not on the path (apt-get install openjdk-17-jre-headless)'],
    ['kafkaClassPath', java('11.0.2'), 'Kafka needs Java 17 or newer, the one on the path says: openjdk version "11.0.2" 2025-04-15'],
    ['kafkaClassPath', java('17.0.15'), 'Maven is needed and not on the path (apt-get install maven)'],
    ['kafkaClassPath', { ...java('21'), mvn: '[ "$1" = -v ] || { echo "no such artifact"; exit 1; }' }, 'mvn failed: no such artifact'],
  ])('%s with %j says what is wrong', (ask, programs, sentence) => {
    expect(onMachineWith(programs, ask)).toEqual({ said: expect.stringContaining(sentence), left: [] });
  });

  it('appear whole: once downloaded they are not fetched again', () => {
    const mvn = '[ "$1" = -v ] || for last; do :; done; case "$last" in -DoutputDirectory=*) : > "${last#*=}/kafka.jar";; esac';
    const { said, left } = onMachineWith({ ...java('17'), mvn }, 'kafkaClassPath');
    expect(said).toMatch(/downloading Kafka .*\ndownloaded Kafka .* in \d+ s\n/);
    expect(left).toEqual([expect.stringMatching(/^kafka-/)]);
  });
});
