// The system's fonts: those of the default theme are 70 to 140 kB before a page's first text.
export { default } from "vitepress/theme-without-fonts";
