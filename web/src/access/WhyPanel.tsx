import { Button } from '@mantine/core';
import type { Node } from '../api/client';
import filters from '../shell/filters.module.css';
import { Icon } from '../shell/Icon';
import { useWords } from '../text/words';
import type { Change } from './AccessPage';
import css from './access.module.css';
import { loginsText, nodesText } from './effect';
import type { Access } from './lists';
import { shortWho } from './lists';
import { accessWords } from './text';

/** What one user may do on one node, act by act, and the grants that say so. */
export function WhyPanel({
  access,
  node,
  tenant,
  change,
}: {
  access: Access;
  node: Node | undefined;
  tenant: string;
  change: Change;
}) {
  const t = useWords(accessWords);
  return (
    <>
      <div className={filters.row}>
        <h2>
          {access.user} → {access.node}
        </h2>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => change({ user: undefined, node: access.node })}
        >
          {t.allUsersOf(access.node)}
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => change({ node: undefined, user: shortWho(access.user, tenant) })}
        >
          {t.allNodesOf(access.user)}
        </Button>
      </div>
      {access.userState === 'disabled' && (
        <p className={filters.hint}>
          <span className={filters.chip} data-tone="bad">
            {t.disabled}
          </span>{' '}
          {t.disabledNow}
        </p>
      )}
      <div className={css.two}>
        <section className={filters.panel}>
          <h2>{t.may}</h2>
          <table className={css.acts}>
            <tbody>
              {access.acts.map(({ act, allowed, reason }) => (
                <tr key={act} data-act={act}>
                  <th scope="row">{t.acts[act] ?? act}</th>
                  <td>
                    {allowed ? (
                      <span className={css.yes}>
                        <Icon name="check" size={15} />
                        {t.may}
                        {(act === 'stream.ssh' || act === 'stream.exec') &&
                          `: ${loginsText(access.logins, t)}`}
                      </span>
                    ) : (
                      <span className={css.no}>
                        <Icon name="close" size={13} />
                        {t.mayNot}: {t.reasons[reason ?? ''] ?? reason}
                      </span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section className={filters.panel}>
          <h2>{t.because}</h2>
          {access.grants.length === 0 && <p className={filters.hint}>{t.reasons['no-grant']}</p>}
          <ul className={css.held}>
            {access.grants.map(({ grant, takesIn }) => (
              <li key={grant.id} data-out={!takesIn || undefined}>
                <span>
                  <strong>{t.roles[grant.role] ?? grant.role}</strong>: {nodesText(grant.labels, t)}
                  {grant.role !== 'viewer' && `; ${loginsText(grant.logins, t)}`}
                </span>
                <span>
                  {takesIn ? (
                    <span className={css.yes}>
                      <Icon name="check" size={15} />
                      {t.takesIn}
                    </span>
                  ) : (
                    <span className={css.no}>
                      <Icon name="close" size={13} />
                      {t.takesNotIn(lacks(grant.labels, node))}
                    </span>
                  )}
                </span>
                <span>
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    onClick={() =>
                      change({ tab: 'grants', grant: grant.id, user: undefined, node: undefined })
                    }
                  >
                    {grant.id}
                  </Button>
                </span>
              </li>
            ))}
          </ul>
        </section>
        {node && <NodePolicy node={node} />}
      </div>
    </>
  );
}

/** The labels of a selector that a node does not have. */
function lacks(selector: string, node: Node | undefined): string {
  return selector
    .split(',')
    .filter((pair) => {
      const at = pair.indexOf('=');
      return node?.labels[pair.slice(0, at)] !== pair.slice(at + 1);
    })
    .join(', ');
}

/** The machine's own ceiling, below which all of this is. */
export function NodePolicy({ node }: { node: Node }) {
  const t = useWords(accessWords);
  const { policy } = node;
  return (
    <section className={filters.panel}>
      <h2>{t.policyOf(node.name)}</h2>
      {policy ? (
        <dl className={filters.facts}>
          <dt>{t.policyAllows}</dt>
          <dd className="fl-mono">{policy.allow.join(', ') || '–'}</dd>
          <dt>{t.policyLogins}</dt>
          <dd className="fl-mono">
            {policy.logins.join(', ') || '–'}
            {policy.defaultLogin ? ` (${policy.defaultLogin})` : ''}
          </dd>
        </dl>
      ) : (
        <p className={filters.hint}>{t.policyNone}</p>
      )}
      <p className={filters.hint}>{t.lastWord}</p>
    </section>
  );
}
