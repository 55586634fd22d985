// Runs before the first paint: theme and language, so that nothing flashes. Kept out of the bundle and
// out of the HTML so that the Content-Security-Policy can stay `script-src 'self'`.
(function () {
    var d = document.documentElement;
    try {
        var s = localStorage.getItem('mantine-color-scheme-value') || 'auto';
        if (s === 'auto') s = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
        d.setAttribute('data-mantine-color-scheme', s);
        var l = localStorage.getItem('lang') || (/^zh/i.test(navigator.language) ? 'zh-CN' : 'en');
        d.lang = l;
    } catch (e) {}
})();
