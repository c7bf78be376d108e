import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** One accent colour; everything else is grey, or says a state. The sandbox phone wears the same green. */
const green: MantineColorsTuple = [
  '#ecf6f2',
  '#d9ebe4',
  '#b0d6c7',
  '#84c0a9',
  '#5fad90',
  '#479f80',
  '#2f8a6b',
  '#1f6b58',
  '#195a4a',
  '#0f4739',
];

export const theme = createTheme({
  primaryColor: 'green',
  primaryShade: 7,
  colors: { green },
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.875rem' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  autoContrast: true,
  components: {
    Anchor: { defaultProps: { underline: 'always' } },
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm' } },
    Table: { defaultProps: { verticalSpacing: 6, highlightOnHover: true } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35 } } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
  },
});
