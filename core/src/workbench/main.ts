/** The page's entry. */
document.body.textContent = 'Diskwright';
