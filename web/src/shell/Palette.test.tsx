import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Node } from '../api/client';
import Palette from './Palette';

let nodes: Node[] = [];
const navigate = vi.fn();

vi.mock('@tanstack/react-router', () => ({ useNavigate: () => navigate }));
vi.mock('../fleet/TenantNodes', () => ({ useFleet: () => ({ nodes, whole: true, error: null }) }));
vi.mock('../identity/me', async (real) => ({
  ...(await real<object>()),
  useMe: () => ({ user: { name: 'kari', tenant: 'default' }, tenants: [] }),
}));
vi.mock('../fleet/views', () => ({
  viewsQuery: () => ({ queryKey: ['views'], queryFn: () => [], initialData: [] }),
}));

beforeEach(() => {
  nodes = [];
  navigate.mockReset();
});
afterEach(cleanup);

function node(name: string): Node {
  return { id: name, name, labels: {}, link: { state: 'online' } } as Node;
}

function palette() {
  return (
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <Palette tenant="default" open onClose={() => {}} acts={[]} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

async function type(text: string): Promise<void> {
  const field = await screen.findByPlaceholderText('Go to a node or a page');
  await act(async () => fireEvent.change(field, { target: { value: text } }));
}

async function press(code: string): Promise<void> {
  await act(async () =>
    fireEvent.keyDown(screen.getByPlaceholderText('Go to a node or a page'), { code }),
  );
}

const wentTo = () => navigate.mock.calls.map(([to]) => to.params.node);

test('what is found after the last key is chosen', async () => {
  const { rerender } = render(palette());
  await type('oslo');
  expect(screen.getByText('Nothing of that name.')).toBeTruthy();
  nodes = [node('oslo-1'), node('oslo-2')];
  rerender(palette());
  await press('Enter');
  expect(wentTo()).toEqual(['oslo-1']);
});

test('where the chosen one is gone, the first of the others is', async () => {
  nodes = [node('oslo-1'), node('oslo-2')];
  const { rerender } = render(palette());
  await type('oslo');
  nodes = [node('oslo-2'), node('oslo-3')];
  rerender(palette());
  await press('Enter');
  expect(wentTo()).toEqual(['oslo-2']);
});

test('the arrows go on from what is chosen, whatever came before it', async () => {
  nodes = [node('oslo-3'), node('oslo-4')];
  const { rerender } = render(palette());
  await type('oslo');
  nodes = ['oslo-1', 'oslo-2', 'oslo-3', 'oslo-4'].map(node);
  rerender(palette());
  await press('ArrowDown');
  await press('Enter');
  expect(wentTo()).toEqual(['oslo-4']);
});

test('who types a name goes to that node, and not to another of the same host', async () => {
  nodes = [{ ...node('build'), hostname: 'oslo-1' }, node('in-oslo-1'), node('oslo-1')];
  render(palette());
  await type('oslo-1');
  await press('Enter');
  expect(wentTo()).toEqual(['oslo-1']);
});
