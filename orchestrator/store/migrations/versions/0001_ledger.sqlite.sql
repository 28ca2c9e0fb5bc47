CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'the ledger is append only') ; END;

CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'the ledger is append only') ; END;

CREATE TRIGGER ledger_link_no_update BEFORE UPDATE ON ledger_link BEGIN SELECT RAISE(ABORT, 'the ledger is append only') ; END;

CREATE TRIGGER ledger_link_no_delete BEFORE DELETE ON ledger_link BEGIN SELECT RAISE(ABORT, 'the ledger is append only') ; END;

CREATE TRIGGER ledger_head_no_update BEFORE UPDATE ON ledger_head BEGIN SELECT RAISE(ABORT, 'the ledger is append only') ; END;

CREATE TRIGGER ledger_head_no_delete BEFORE DELETE ON ledger_head BEGIN SELECT RAISE(ABORT, 'the ledger is append only') ; END;
