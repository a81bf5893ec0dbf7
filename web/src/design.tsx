import {
  type ActionIconProps,
  type BadgeProps,
  type ButtonProps,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  type MenuProps,
  type ModalProps,
  type TooltipProps,
} from '@mantine/core';

/*
 * What Fairlead looks like: its name, its mark, its colours, its type and its density. A fairlead
 * is the ring on a ship that guides a line: brass and sea. Everything else takes from here.
 */

export const NAME = 'Fairlead';

const tide: MantineColorsTuple = [
  '#e5f6f3',
  '#c6e9e4',
  '#94d7cf',
  '#5cc2b8',
  '#33ada2',
  '#179a8f',
  '#0c857b',
  '#096f67',
  '#075a54',
  '#054541',
];

const brass: MantineColorsTuple = [
  '#fbf4e6',
  '#f3e4c4',
  '#e7cb92',
  '#dab05d',
  '#cf9a3c',
  '#c08a2e',
  '#a06f1f',
  '#815818',
  '#634313',
  '#47300d',
];

const coral: MantineColorsTuple = [
  '#fdeeec',
  '#f9d5d1',
  '#f0a9a2',
  '#e87b71',
  '#df5648',
  '#cf4032',
  '#b53327',
  '#93291f',
  '#721f18',
  '#521610',
];

const slate: MantineColorsTuple = [
  '#f5f8f7',
  '#ebf0ef',
  '#dbe3e2',
  '#c2cdcc',
  '#96a5a5',
  '#6f8081',
  '#566869',
  '#3f5052',
  '#2a393b',
  '#17262a',
];

const night: MantineColorsTuple = [
  '#d3dedd',
  '#b4c2c2',
  '#8c9e9f',
  '#67797b',
  '#33454a',
  '#263539',
  '#17242a',
  '#121d21',
  '#0d1618',
  '#081012',
];

export const theme = createTheme({
  primaryColor: 'tide',
  primaryShade: { light: 7, dark: 6 },
  colors: { tide, brass, coral, gray: slate, dark: night },
  white: '#ffffff',
  black: '#17262a',
  fontFamily: "'Geist Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'Geist Mono Variable', ui-monospace, 'SF Mono', 'Cascadia Mono', monospace",
  headings: {
    fontFamily: "'Geist Variable', system-ui, sans-serif",
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2.5rem' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  // As plain values: what is named here as a component would be in the first file that is loaded.
  components: {
    Button: { defaultProps: { size: 'sm' } satisfies Partial<ButtonProps> },
    ActionIcon: {
      defaultProps: { variant: 'subtle', color: 'gray' } satisfies Partial<ActionIconProps>,
    },
    Badge: {
      defaultProps: {
        radius: 'sm',
        variant: 'light',
        tt: 'none',
        fw: 500,
      } satisfies Partial<BadgeProps>,
    },
    Menu: {
      defaultProps: { shadow: 'md', position: 'bottom-end' } satisfies Partial<MenuProps>,
    },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.5 },
      } satisfies Partial<ModalProps>,
    },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.3 } } },
    // The title of a dialog is no banner of the page.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    DrawerHeader: { defaultProps: { role: 'presentation' } },
    Tooltip: { defaultProps: { openDelay: 400 } satisfies Partial<TooltipProps> },
  },
});

/** The words for surfaces and lines; `--fl-*` in every style sheet. */
export const variables: CSSVariablesResolver = () => ({
  variables: {
    '--fl-row': '34px',
    '--fl-motion': '140ms cubic-bezier(0.2, 0, 0, 1)',
  },
  light: {
    '--mantine-color-body': '#f5f8f7',
    '--mantine-color-text': '#17262a',
    '--mantine-color-dimmed': '#556668',
    '--mantine-color-anchor': '#096f67',
    '--mantine-color-error': '#b53327',
    '--mantine-color-default': '#ffffff',
    '--mantine-color-default-hover': '#f1f5f4',
    '--mantine-color-default-border': '#cfd9d8',
    '--mantine-color-placeholder': '#667779',
    '--fl-rail': '#eaf0ef',
    '--fl-surface': '#ffffff',
    '--fl-raised': '#ffffff',
    '--fl-sunken': '#eef3f2',
    '--fl-hover': '#eef5f3',
    '--fl-line': '#dbe3e2',
    '--fl-line-soft': '#e9efee',
    '--fl-online': '#0d8a5f',
    '--fl-offline': '#7c8b8d',
    '--fl-warning': '#a06f1f',
    '--fl-bad': '#b53327',
    '--fl-accent': '#096f67',
    '--fl-accent-soft': '#dff1ee',
    '--fl-brass': '#c08a2e',
    '--fl-sea': '#179a8f',
  },
  dark: {
    '--mantine-color-body': '#0d1618',
    '--mantine-color-text': '#d9e3e2',
    '--mantine-color-dimmed': '#8fa1a2',
    '--mantine-color-anchor': '#5cc2b8',
    '--mantine-color-error': '#f0958c',
    '--mantine-color-default': '#17242a',
    '--mantine-color-default-hover': '#1d2c32',
    '--mantine-color-default-border': '#2b3b40',
    '--mantine-color-placeholder': '#7c8f91',
    '--fl-rail': '#0a1214',
    '--fl-surface': '#121d21',
    '--fl-raised': '#17242a',
    '--fl-sunken': '#0a1214',
    '--fl-hover': '#17252a',
    '--fl-line': '#233237',
    '--fl-line-soft': '#1a272b',
    '--fl-online': '#3ecf94',
    '--fl-offline': '#6f8285',
    '--fl-warning': '#e0ad4f',
    '--fl-bad': '#ee7d72',
    '--fl-accent': '#5cc2b8',
    '--fl-accent-soft': '#12302f',
    '--fl-brass': '#d3a24a',
    '--fl-sea': '#33ada2',
  },
});

/** A ring with a line through it. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M1.5 19.5C6 19.5 8 12 12 12" stroke="var(--fl-sea)" strokeWidth="2.6" />
      <circle cx="12" cy="12" r="6.6" stroke="var(--fl-brass)" strokeWidth="3.2" />
      <path d="M12 12c4 0 6-7.5 10.5-7.5" stroke="var(--fl-sea)" strokeWidth="2.6" />
    </svg>
  );
}

/** The mark with the name beside it. */
export function Wordmark() {
  return (
    <span className="fl-wordmark">
      <Mark size={22} />
      {NAME}
    </span>
  );
}
