"""What people are told, as a page and as mails; the rows themselves are the kernel's."""
