import { MantineProvider } from '@mantine/core';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { NodeSearch } from './NodeSearch';

afterEach(cleanup);

function shown(value: string, told: string[] = []) {
  return (
    <MantineProvider>
      <NodeSearch value={value} onSearch={(text) => told.push(text)} />
    </MantineProvider>
  );
}

function typed(): string {
  return screen.getByRole<HTMLInputElement>('searchbox').value;
}

async function type(text: string): Promise<void> {
  await act(async () =>
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: text } }),
  );
}

test('what is typed stands, however late the list follows', async () => {
  const told: string[] = [];
  const { rerender } = render(shown('', told));
  await type('o');
  await type('os');
  expect(typed()).toBe('os');
  expect(told).toEqual(['o', 'os']);
  rerender(shown('o', told));
  expect(typed()).toBe('os');
  rerender(shown('os', told));
  expect(typed()).toBe('os');
});

test('what comes from elsewhere is taken', async () => {
  const { rerender } = render(shown('a view'));
  await type('oslo');
  rerender(shown('oslo'));
  rerender(shown('another view'));
  expect(typed()).toBe('another view');
  // Also what was typed here some time ago.
  rerender(shown('oslo'));
  expect(typed()).toBe('oslo');
});
