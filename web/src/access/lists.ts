import { queryOptions } from '@tanstack/react-query';
import { allPages, answer, api, type Schemas } from '../api/client';

/*
 * What the access page reads, whole: a tenant has hundreds of these, not millions.
 */

export type User = Schemas['User'];
export type Grant = Schemas['Grant'];
export type Access = Schemas['Access'];
export type EnrolmentToken = Schemas['EnrolmentToken'];
export type Tenant = Schemas['Tenant'];

const LIMIT = 500;
const cursorOf = (cursor: string | undefined) => (cursor ? { cursor } : {});

export const usersQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['users', tenant],
    queryFn: ({ signal }) =>
      allPages((cursor) =>
        answer(
          api.GET('/api/v1/tenants/{tenant}/users', {
            params: { path: { tenant }, query: { limit: LIMIT, ...cursorOf(cursor) } },
            signal,
          }),
        ),
      ),
  });

export const grantsQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['grants', tenant],
    queryFn: ({ signal }) =>
      allPages((cursor) =>
        answer(
          api.GET('/api/v1/tenants/{tenant}/grants', {
            params: { path: { tenant }, query: { limit: LIMIT, ...cursorOf(cursor) } },
            signal,
          }),
        ),
      ),
  });

export const accessQuery = (tenant: string, of: { node?: string; user?: string }) =>
  queryOptions({
    queryKey: ['grants', tenant, 'access', of],
    queryFn: ({ signal }) =>
      allPages((cursor) =>
        answer(
          api.GET('/api/v1/tenants/{tenant}/access', {
            params: { path: { tenant }, query: { ...of, limit: LIMIT, ...cursorOf(cursor) } },
            signal,
          }),
        ),
      ),
    enabled: Boolean(of.node ?? of.user),
    staleTime: 0,
  });

export const enrolmentQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['enrolment-tokens', tenant],
    queryFn: ({ signal }) =>
      allPages((cursor) =>
        answer(
          api.GET('/api/v1/tenants/{tenant}/enrolment-tokens', {
            params: { path: { tenant }, query: { limit: LIMIT, ...cursorOf(cursor) } },
            signal,
          }),
        ),
      ),
    refetchInterval: 10_000,
  });

export const tenantsQuery = queryOptions({
  queryKey: ['tenants'],
  queryFn: ({ signal }) =>
    allPages((cursor) =>
      answer(
        api.GET('/api/v1/tenants', {
          params: { query: { limit: LIMIT, ...cursorOf(cursor) } },
          signal,
        }),
      ),
    ),
});

/** `NAME@TENANT`, as grants name a user. */
export function whoOf(user: Pick<User, 'name' | 'tenant'>): string {
  return `${user.name}@${user.tenant}`;
}

/** How a person of this tenant is named to the API: without the tenant where it is this one. */
export function shortWho(who: string, tenant: string): string {
  return who.endsWith(`@${tenant}`) ? who.slice(0, -tenant.length - 1) : who;
}
