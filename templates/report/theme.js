"use strict";
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("migrate-theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch { /* a browser may keep nothing for a file: the system's theme then */ }
