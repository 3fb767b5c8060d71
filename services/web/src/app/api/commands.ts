import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { command, newKey, Problem, type Written } from './client.js';

export interface Action {
  /** `/api/<service>/<plural>[/<id>/<command>]` */
  readonly path: string;
  readonly body: object;
  /** The version of the row that the person has seen. */
  readonly version?: number;
}

/**
 * Sends commands of one button or form. The same action tried again keeps its key, so a lost answer never does it twice;
 * another body is another action. `onDone` is called when every figure on the screen has been asked for again and shows what was done.
 */
export function useCommand(onDone?: (written: Written) => void) {
  const queries = useQueryClient();
  const last = useRef({ content: '', key: '' });
  const keyOf = (action: Action): string => {
    const content = JSON.stringify(action);
    if (last.current.content !== content) last.current = { content, key: newKey() };
    return last.current.key;
  };
  return useMutation<Written, Error, Action>({
    mutationFn: (action) => command(action.path, action.body, { key: keyOf(action), version: action.version }),
    onSuccess: async (written) => {
      last.current = { content: '', key: '' };
      await queries.invalidateQueries();
      onDone?.(written);
    },
    onError: async (error) => {
      if (error instanceof Problem && (error.status === 412 || error.status === 409)) await queries.invalidateQueries();
    },
  });
}
