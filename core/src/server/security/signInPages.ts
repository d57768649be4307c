/** What a browser shows that comes without a valid token or cookie. No script, nothing of the request in it. */
export const SIGN_IN_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Diskwright: not signed in</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.5rem; }
code { font-family: ui-monospace, monospace; }
</style>
</head>
<body>
<main>
<h1>This window is not signed in</h1>
<p>Diskwright opens only for who knows its address with the token in it: it was printed in the terminal by <code>diskwright start</code>, and looks like
<code>http://127.0.0.1:PORT/?token=…</code>.</p>
<p>Copy that whole address here. After a log out a new one was printed, and the old one is void.</p>
</main>
</body>
</html>
`;

/**
 * After a link in another site's page was followed: a redirect would still count as that site's request, and go without the cookie; going on from a
 * page of our own does not.
 */
export const FORWARD_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Diskwright</title>
<meta http-equiv="refresh" content="0;url=/">
</head>
<body><a href="/">Open the workbench</a></body>
</html>
`;
