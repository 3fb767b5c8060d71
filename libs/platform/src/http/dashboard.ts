import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const NOT_A_SCREEN = /^\/(api|ops|auth|health|odata|metrics)(\/|$)/;

/**
 * Serves the dashboard's files; any other path is a screen of its own and gets index.html. False when it has not been built.
 * Files under assets/ carry a hash of their content in their name and may be kept for ever; nothing else may be kept unasked.
 */
export async function serveDashboard(fastify: FastifyInstance, folder: string): Promise<boolean> {
  if (!existsSync(join(folder, 'index.html'))) return false;
  const files = new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
  await fastify.register(fastifyStatic, { root: folder, serve: false, cacheControl: false });
  fastify.get('/*', (request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    if (NOT_A_SCREEN.test(path)) return reply.callNotFound();
    const wanted = path.slice(1);
    const file = files.has(wanted) ? wanted : 'index.html';
    void reply.header('cache-control', file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    return reply.sendFile(file);
  });
  return true;
}
