package dev.outbox.samples.writer;

import java.util.UUID;

/** What can happen to a person. The components' names are the payload's, which consumers rely on. */
sealed interface PersonEvent permits PersonRegistered, PersonMoved, PersonRenamed, PersonDeleted {

    UUID personId();
}
