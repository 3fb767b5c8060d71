import { QueryClient, keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get, Problem, type Query } from './client.js';
import type { Page } from './rows.js';

const CATCH_UP_MS = 1_500;
const PAGE = 50;

const isFinal = (error: unknown): boolean => error instanceof Problem && error.status < 500;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (failures, error) => !isFinal(error) && failures < 2 },
    mutations: { retry: (failures, error) => !isFinal(error) && failures < 2, retryDelay: 800 },
  },
});

interface Polling {
  /** Asks again every so many milliseconds, for screens that are worked from. */
  readonly every?: number;
  readonly enabled?: boolean;
}

/** One answer; the last one stays on the screen while another date is asked for. */
export function useAnswer<Answer extends object>(path: string, query: Query = {}, { every, enabled = true }: Polling = {}) {
  return useQuery({
    queryKey: [path, query],
    queryFn: ({ signal }) => get<Answer>(path, query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: every ?? false,
    enabled,
  });
}

export interface Rows<Row> {
  readonly rows: readonly Row[] | undefined;
  readonly error: Error | null;
  readonly isStale: boolean;
  readonly isRefreshing: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

/** A list read page by page. An answer that has not caught up with the own writes is asked for again by itself. */
export function useRows<Row>(path: string, query: Query = {}, { every, enabled = true }: Polling = {}): Rows<Row> {
  const result = useInfiniteQuery({
    queryKey: [path, query, 'rows'],
    queryFn: ({ pageParam, signal }) => get<Page<Row>>(path, { limit: PAGE, ...query, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.stale) ? CATCH_UP_MS : (every ?? false)),
    enabled,
  });
  const rows = useMemo(() => result.data?.pages.flatMap((page) => page.items), [result.data]);
  return {
    rows,
    error: result.error,
    isStale: result.data?.pages.some((page) => page.stale) ?? false,
    isRefreshing: result.isPlaceholderData,
    hasMore: result.hasNextPage,
    isLoadingMore: result.isFetchingNextPage,
    loadMore: () => void result.fetchNextPage(),
    retry: () => void result.refetch(),
  };
}
