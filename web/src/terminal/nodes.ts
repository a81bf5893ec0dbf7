import { useFleet } from '../fleet/TenantNodes';

/** Names of the nodes that a terminal can be opened on just now. */
export function useOnlineNodes(): string[] {
  return useFleet()
    .nodes.filter((node) => node.link.state === 'online')
    .map((node) => node.name)
    .sort();
}
