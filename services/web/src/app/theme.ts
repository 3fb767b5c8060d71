import { createTheme, type MantineColorsTuple, Modal, Select } from '@mantine/core';

const fold: MantineColorsTuple = ['#eef7f6', '#d9ecea', '#b0d8d4', '#84c3bc', '#5fb1a9', '#459f97', '#2f8a82', '#237870', '#1c6b64', '#145a54'];

export const theme = createTheme({
  colors: { fold },
  primaryColor: 'fold',
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' }, h2: { fontSize: '0.9375rem', lineHeight: '1.4' } } },
  components: {
    Modal: Modal.extend({ defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.35 }, attributes: { header: { role: 'presentation' } } } }),
    Select: Select.extend({ defaultProps: { comboboxProps: { shadow: 'md' }, checkIconPosition: 'right' } }),
  },
});
